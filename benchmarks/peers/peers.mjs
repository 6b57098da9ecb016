import * as bullmq from "./bullmq.mjs";
import * as graphileWorker from "./graphile-worker.mjs";
import * as pgBoss from "./pg-boss.mjs";

export const peers = [graphileWorker, pgBoss, bullmq];
