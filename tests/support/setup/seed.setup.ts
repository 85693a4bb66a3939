import fc from "fast-check";

// Every property draws from one seed, so that a run decides the same every time. `npm run test:faults` draws another.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 20261126) });
