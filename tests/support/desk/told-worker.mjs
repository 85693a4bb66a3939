// Runs as a worker: prints nothing, tells its parent of every message as the answer to a question for metrics, and ends
// as the topic of a nudge says.
const told = [];
process.on("message", (message) => {
  told.push(message);
  if (message.stop) process.exit(0);
  if (message.nudge?.includes("exit 78")) process.exit(78);
  if (message.nudge?.includes("crash")) process.kill(process.pid, "SIGKILL");
  if (message.nudge?.includes("deaf")) process.removeAllListeners("message").on("message", () => {});
  if (message.metrics) process.send({ id: message.metrics, metrics: told.filter(({ nudge }) => nudge) });
});
process.on("disconnect", () => process.exit(0));
