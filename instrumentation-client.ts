import { config } from "zod";

// Before any schema is made: zod asks whether it may compile its parsers by trying, which a page's content policy
// refuses and reports. Here a few short strings are parsed, and nobody notices the difference.
config({ jitless: true });
