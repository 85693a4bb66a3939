// Reads .env in the working folder, as `npm start` does. What the environment itself names wins. Import it first.
import { existsSync } from "node:fs";

if (existsSync(".env")) process.loadEnvFile(".env");
