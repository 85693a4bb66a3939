import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import mongoose from "mongoose";
import { freePort } from "@/scripts/ports";
import { findMongod } from "@/scripts/mongod-binary.mjs";

type Node = { port: number; dbPath: string; process: ChildProcess };

/**
 * A real replica set of mongod processes that can be killed, frozen and brought back. Elections start after 2 s without
 * a primary, which keeps runs of many faults short.
 */
export class ReplicaSet {
  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly nodes: Node[],
  ) {}

  static async start(count = 3, firstPort = 28_100): Promise<ReplicaSet> {
    const binary = await findMongod();
    const folder = await mkdtemp(path.join(tmpdir(), "claimdesk-rs-"));
    const nodes: Node[] = [];
    let port = firstPort;
    for (let index = 0; index < count; index += 1) {
      port = await freePort(port);
      const dbPath = path.join(folder, String(index));
      await mkdir(dbPath);
      nodes.push({ port, dbPath, process: spawnMongod(binary, port, dbPath) });
      port += 1;
    }
    const set = new ReplicaSet(binary, folder, nodes);
    for (const node of nodes) await set.answering(node);
    await set.admin(nodes[0] as Node, {
      replSetInitiate: {
        _id: "faults",
        members: nodes.map((node, index) => ({ _id: index, host: `127.0.0.1:${node.port}` })),
        settings: { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500 },
      },
    });
    await set.primary();
    return set;
  }

  uri(database: string): string {
    return `mongodb://${this.nodes.map((node) => `127.0.0.1:${node.port}`).join(",")}/${database}?replicaSet=faults`;
  }

  /** Waits for a primary and returns its index. */
  async primary(): Promise<number> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      for (const [index, node] of this.nodes.entries()) {
        const hello = await this.admin(node, { hello: 1 }).catch(() => null);
        if (hello?.isWritablePrimary) return index;
      }
      await pause(100);
    }
    throw new Error("The replica set found no primary within a minute.");
  }

  /** Kills the primary, like a power cut. Returns a function that starts it again. */
  async killPrimary(): Promise<() => Promise<void>> {
    const node = this.nodes[await this.primary()] as Node;
    await end(node.process, "SIGKILL");
    return async () => {
      node.process = spawnMongod(this.binary, node.port, node.dbPath);
      await this.answering(node);
    };
  }

  /** Makes the primary step down. */
  async stepDown(): Promise<void> {
    const node = this.nodes[await this.primary()] as Node;
    await this.admin(node, { replSetStepDown: 5, force: true }).catch(() => null);
  }

  /** Freezes the primary with its connections open. Returns a function that continues it. */
  async freezePrimary(): Promise<() => void> {
    const node = this.nodes[await this.primary()] as Node;
    node.process.kill("SIGSTOP");
    return () => void node.process.kill("SIGCONT");
  }

  /** Restarts the only node, as the member of its set that it is or, by a mistake in its configuration, as a standalone. */
  async restart(as: "member" | "standalone"): Promise<void> {
    const [node, ...others] = this.nodes;
    if (!node || others.length > 0) throw new Error("This set has more than one node.");
    await end(node.process, "SIGTERM");
    node.process = spawnMongod(this.binary, node.port, node.dbPath, as);
    await this.answering(node);
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) {
      node.process.kill("SIGCONT");
      await end(node.process, "SIGKILL");
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answering(node: Node): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      if (await this.admin(node, { ping: 1 }).catch(() => null)) return;
      await pause(100);
    }
    throw new Error(`The mongod on port ${node.port} does not answer.`);
  }

  private async admin(node: Node, command: Record<string, unknown>): Promise<Record<string, unknown>> {
    const client = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${node.port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 1_000,
      socketTimeoutMS: 10_000,
    });
    try {
      return await client.db("admin").command(command);
    } finally {
      await client.close();
    }
  }
}

function spawnMongod(
  binary: string,
  port: number,
  dbPath: string,
  as: "member" | "standalone" = "member",
): ChildProcess {
  return spawn(
    binary,
    [
      "--port",
      String(port),
      "--dbpath",
      dbPath,
      "--bind_ip",
      "127.0.0.1",
      ...(as === "member" ? ["--replSet", "faults"] : []),
      "--wiredTigerCacheSizeGB",
      "0.5",
    ],
    { stdio: "ignore" },
  );
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
