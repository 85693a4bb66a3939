export type SupervisedWorker = {
  start: () => void;
  /** Ends the worker in order and starts it again. */
  restart: () => void;
  stop: (boxMs: number) => Promise<void>;
};

export function superviseWorker(options: {
  file: string;
  onUnusable: () => void;
  onSignal: () => void;
}): SupervisedWorker;
