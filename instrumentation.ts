/** Next calls this once per server process, before the first request. A build never does. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startProcess } = await import("./lib/desk/start");
  await startProcess();
}
