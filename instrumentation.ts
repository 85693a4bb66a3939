/** Next calls this once per server process, before the first request. A build never does. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startWebProcess } = await import("./lib/desk/start");
  await startWebProcess();
}
