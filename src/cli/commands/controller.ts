import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../api/errors.ts';
import type { Access } from '../../cluster/kubernetes/access.ts';
import { readKubeconfig } from '../../cluster/kubernetes/kubeconfig.ts';
import { serviceAccountAccess } from '../../cluster/kubernetes/service-account.ts';
import type { LogLevel } from '../../controller/log/controller-log.ts';
import { openLogger } from '../../controller/log/open-logger.ts';
import { openController, readShard, reportUnhandled } from '../../controller/open-controller.ts';
import { readBindAddress } from '../../controller/serve/bind-address.ts';
import type { CommandContext } from '../command-context.ts';
import { parseDurationOption } from '../duration-option.ts';
import { exitCodes } from '../exit-code.ts';
import { versionText } from '../version.ts';

export interface ControllerFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly leaseNamespace?: string;
  readonly leaseDuration?: string;
  readonly defaultServiceAccount: string;
  readonly shard?: string;
  readonly metricsBind?: string;
  readonly healthBind?: string;
  readonly webhookBind?: string;
  readonly webhookCertDir?: string;
  readonly concurrency: string;
  readonly allowOfflineModel?: boolean;
  readonly allowHosts?: string;
  readonly denyPrivate?: boolean;
  readonly ttl?: string;
  readonly historyLimit?: string;
  readonly logLevel: LogLevel;
}

const podDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** `controller`: drives the WorkflowRuns of a cluster in the foreground until a signal ends it. */
export async function controller(flags: ControllerFlags, { io }: CommandContext): Promise<number> {
  const log = await openLogger({
    level: flags.logLevel,
    stream: io.stderr,
    isTerminal: io.stderr.isTTY,
    now: () => io.now(),
  });
  const stopped = Promise.withResolvers<number>();
  let signals = 0;
  const removeListener = io.onSignal((signal) => {
    signals += 1;
    // The second one means at once.
    if (signals > 1) io.exit(exitCodes[signal]);
    else stopped.resolve(exitCodes.succeeded);
  });
  try {
    reportUnhandled(log);
    const running = await openController({
      access: await accessOf(flags, io),
      leaseNamespace: flags.leaseNamespace ?? (await podNamespace(flags, io)) ?? 'default',
      ...(flags.leaseDuration === undefined
        ? {}
        : { leaseDurationMs: parseDurationOption('--lease-duration', flags.leaseDuration) }),
      defaultServiceAccount: flags.defaultServiceAccount,
      shard: readShard(flags.shard),
      concurrency: parseCount('--concurrency', flags.concurrency),
      metricsBind: readBindAddress(flags.metricsBind, '--metrics-bind'),
      healthBind: readBindAddress(flags.healthBind, '--health-bind'),
      webhookBind: readBindAddress(flags.webhookBind, '--webhook-bind'),
      webhookCertificates: flags.webhookCertDir,
      allowOfflineModel: flags.allowOfflineModel === true,
      allowHosts: (flags.allowHosts ?? '').split(',').filter((host) => host !== ''),
      denyPrivate: flags.denyPrivate === true,
      retention: {
        ttlMs: flags.ttl === undefined ? undefined : parseDurationOption('--ttl', flags.ttl),
        historyLimit:
          flags.historyLimit === undefined ? undefined : parseCount('--history-limit', flags.historyLimit),
      },
      version: await versionText(),
      env: io.env,
      log,
      now: () => io.now(),
    });
    try {
      return await Promise.race([stopped.promise, running.failed]);
    } finally {
      await running.stop();
    }
  } finally {
    removeListener();
  }
}

/** In a Pod its own cluster, unless a kubeconfig or context is named. */
async function accessOf({ kubeconfig, context }: ControllerFlags, io: CommandContext['io']): Promise<Access> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = io.env;
  const now = (): number => io.now();
  if (kubeconfig === undefined && context === undefined && host !== undefined && host !== '')
    return serviceAccountAccess({ host, port }, now);
  const config = await readKubeconfig(kubeconfig, now);
  const chosen = context ?? config.currentContext;
  if (config.contexts.includes(chosen)) return config.access(chosen);
  throw new SluiceError('invalid', 'UnknownContext', `The kubeconfig has no context "${chosen}".`, {
    hint: `Give --context, one of: ${config.contexts.slice(0, 20).join(', ')}`,
  });
}

async function podNamespace(
  { kubeconfig, context }: ControllerFlags,
  io: CommandContext['io'],
): Promise<string | undefined> {
  const { KUBERNETES_SERVICE_HOST: host } = io.env;
  if (kubeconfig !== undefined || context !== undefined || host === undefined) return undefined;
  const text = await readFile(`${podDirectory}/namespace`, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

function parseCount(flag: string, text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count > 0) return count;
  throw new SluiceError('invalid', 'BadOption', `${flag} ${text}: expected a whole number above zero`);
}
