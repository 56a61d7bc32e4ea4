import { join } from 'node:path';
import { startProgram } from './child-program.js';
import { freePorts } from './free-ports.js';

/**
 * One etcd on 127.0.0.1; `url` is for the API servers, which share it under prefixes of their own. With `isDurable` it
 * waits for the disk before each answer, as a cluster's etcd does.
 */
export async function startEtcd({ programs, directory, isDurable = false, signal }) {
  const [clientPort, peerPort] = await freePorts(2);
  const [url, peerUrl] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
  const args = [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // Its data does not outlive the run.
    ...(isDurable ? [] : ['--unsafe-no-fsync']),
    '--log-level=warn',
  ];
  const program = await startProgram({
    name: 'etcd',
    path: join(programs.directory, 'etcd'),
    args,
    logFile: join(directory, 'etcd.log'),
    isReady: async () => (await (await fetch(`${url}/health`)).json()).health === 'true',
    signal,
  });
  return { ...program, url };
}
