// SPDX-License-Identifier: Apache-2.0
// Asks a server in text through node-redis, and prints what it understood; ClientsIT judges.
const { createClient } = require('redis');

const flat = (reply) => (Array.isArray(reply) ? reply.map(flat).filter(Boolean).join(' ') : String(reply));

async function main() {
  const client = createClient({ socket: { port: Number(process.argv[2]) } });
  await client.connect();
  const ask = (...words) => client.sendCommand(words.map(String));
  for (const [i, blocks] of [200, 5000].entries()) {
    const seq = i + 1;
    const hashes = Array.from({ length: blocks }, (_, at) =>
      ((BigInt(blocks) << 48n) | (0x8f9fafbfcfdfn + BigInt(at))).toString(16).padStart(16, '0'));
    const chain = hashes.join('');
    const half = hashes.slice(0, blocks / 2).join('');
    const rest = hashes.slice(blocks / 2).join('');
    console.log('publish', flat(await ask('KVC.PUBLISH', 'default', 'long', 1, seq, 'STORE', 'GPU', '', chain, 'HEX')));
    console.log('publish', flat(await ask('KVC.PUBLISH', 'default', 'half', 1, seq, 'STORE', 'HOST', '', half, 'HEX')));
    let match = await ask('KVC.MATCH', 'default', chain, 'HEX');
    console.log('match', flat(match.slice(0, 3)), 'by', flat(match[4]));
    const place = (await ask('KVC.MATCH', 'default', half, 'HEX'))[3];
    match = await ask('KVC.MATCH', 'default', rest, 'FROM', place, 'HEX');
    console.log('from', flat(match.slice(0, 3)), 'by', flat(match[4]));
    const score = await ask('KVC.SCORE', 'default', chain, 'HEX');
    console.log('score', flat(score.slice(0, 2)), 'by', flat(score.slice(3)));
    console.log('locate', flat(await ask('KVC.LOCATE', 'default', hashes[blocks - 1], 'HEX')));
    console.log('run', flat((await ask('KVC.RUN', 'default', hashes[0], 3, 'HEX'))[0]));
  }
  client.destroy();
}

main();
