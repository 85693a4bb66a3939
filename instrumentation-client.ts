import { config } from "zod";

// Must run before any schema is made: zod tries `eval` to find out whether it may compile parsers, and the page's content
// policy would refuse and report that. Pages parse a few short strings, so compiled parsers would gain nothing.
config({ jitless: true });
