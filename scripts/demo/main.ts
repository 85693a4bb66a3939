// `npm run demo`: the built app on embedded parts.
import { startApp } from "@/scripts/app-process";
import { buildIfStale } from "@/scripts/build.mjs";
import { runDesk } from "./desk";

await runDesk({
  script: "demo",
  folder: ".data",
  port: 3000,
  mongodPort: 27_117,
  startApp: (port, env) => {
    buildIfStale((step) => console.log(`• ${step} …`), "pipe");
    return startApp(port, env);
  },
});
