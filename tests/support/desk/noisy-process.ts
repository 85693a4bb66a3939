// Runs as another process: writes to its outputs in every way that a library may, and then does what its argument says.
import { endOnUncaughtError, logAllOutput } from "@/lib/log";

logAllOutput();
endOnUncaughtError();
console.log("plain line of a library");
console.error(new Error('first line\n{"level":30,"msg":"forged"}\nthird line'));
console.warn("\u001b[33mcoloured\u001b[39m %s", "and formatted");
process.stdout.write("half a line");
process.stdout.write(Buffer.from(" as bytes\n\n"));
process.stderr.write("with a callback\n", "utf8", () => console.log("called back"));
console.table([{ rows: 1 }, { rows: 2 }]);
console.log(`secret ${process.env.CRON_SECRET} and a token Bearer abc.def.ghi`);
console.log("x".repeat(100_000));
process.emitWarning("on\ntwo lines", "OddWarning");

setImmediate(() => {
  if (process.argv[2] === "throw") throw new Error("thrown\nby nobody's code");
  if (process.argv[2] === "reject") void Promise.reject(new Error("rejected\nby nobody's code"));
});
