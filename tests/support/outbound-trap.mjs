// Loaded into the built app before anything else: every connection to another machine is refused and written down.
import { appendFileSync } from "node:fs";
import net from "node:net";

const IS_HERE = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|::1)$/;
const file = process.env.OUTBOUND_TRAP_FILE;
const { connect } = net.Socket.prototype;

net.Socket.prototype.connect = function (...args) {
  // Node's own callers pass their arguments normalised, as a list in the first place.
  const [first] = args.flat();
  const { host = "localhost", path } = typeof first === "object" && first !== null ? first : {};
  if (path || IS_HERE.test(host)) return connect.apply(this, args);
  appendFileSync(file, `${host}\n`);
  return this.destroy(new Error("The trap let nobody out."));
};
