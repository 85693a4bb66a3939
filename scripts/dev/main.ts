// `npm run dev`: the sources with hot reload, on the same embedded parts as the demo and with data of its own. The worker
// starts anew when its sources change.
import { startDevApp } from "@/scripts/app-process";
import { runDesk } from "@/scripts/demo/desk";

await runDesk({ script: "dev", folder: ".data/dev", port: 3100, mongodPort: 27_217, startApp: startDevApp });
