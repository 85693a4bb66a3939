// Loaded by `--import` before the code of a process. Writes the name of everything that is loaded to a file of the
// process in the folder LOADED_IN.
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";

const file = path.join(process.env.LOADED_IN, String(process.pid));
registerHooks({
  resolve(specifier, context, next) {
    appendFileSync(file, `${specifier}\n`);
    return next(specifier, context);
  },
});
