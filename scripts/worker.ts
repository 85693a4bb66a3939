// `npm run worker`: the followers and the SMTP receiver without the web server, as a process of their own. Any number
// may run beside any number of web servers; leases in the database keep them apart.
import "./read-dotenv";
import { disconnectDb } from "@/lib/store/db";
import { endOnUncaughtError } from "@/lib/log";
import { startProcess, stopProcess } from "@/lib/desk/start";

endOnUncaughtError();
await startProcess();
console.log("Claimdesk's worker is running.");

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void stopProcess()
      .then(disconnectDb)
      .then(() => process.exit(0));
  });
}
