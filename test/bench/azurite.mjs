#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// For replica.py: Azurite with a container, until standard input ends. Prints where and the key.
import { Azurite } from '../lib/azurite.mjs';

const azure = await new Azurite().start();
console.log(JSON.stringify({ url: azure.url('bench'), endpoint: azure.endpoint, key: azure.key, pid: azure.process.pid }));
process.stdin.resume();
process.stdin.on('end', async () => {
  await azure.stop();
  process.exit(0);
});
