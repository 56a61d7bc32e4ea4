import { ControllerProcess } from './controller-process.ts';
import { systemNamespace } from './installation.ts';
import { Place } from './place.ts';
import { Provider } from './provider.ts';
import { ApiProxy } from './proxy/api-proxy.ts';
import { isAccepted, type Call } from './proxy/call.ts';
import { RunBench } from './run-bench.ts';

/** One of the two controllers, behind a proxy of its own. */
export interface Seat {
  readonly proxy: ApiProxy;
  readonly kubeconfig: string;
  controller: ControllerProcess;
  /** When it last renewed or took the Lease, and when it last took it from another. */
  renewedMs: number;
  leadsSinceMs: number;
}

/** Two controllers that want the same Lease. */
export class LeaderBench extends RunBench {
  readonly #seats: readonly Seat[];
  readonly #leaseDuration: string | undefined;

  private constructor(
    place: Place,
    namespace: string,
    provider: Provider,
    seats: readonly Seat[],
    leaseDuration: string | undefined,
  ) {
    const proxies = seats.map(({ proxy }) => proxy);
    super(place, namespace, proxies, provider);
    this.#seats = seats;
    this.#leaseDuration = leaseDuration;
    for (const seat of seats) seat.proxy.onServerAnswer = (call) => this.#note(seat, call);
  }

  static async open(leaseDuration: string | undefined): Promise<LeaderBench> {
    const place = await Place.open();
    const namespace = await place.newNamespace();
    const seats: Seat[] = [];
    for (let i = 0; i < 2; i += 1) {
      const proxy = await ApiProxy.before(place.access);
      const kubeconfig = place.kubeconfig(proxy.url);
      const controller = await start(kubeconfig, systemNamespace, leaseDuration);
      seats.push({ proxy, kubeconfig, controller, renewedMs: -Infinity, leadsSinceMs: -Infinity });
    }
    return new LeaderBench(place, namespace, await Provider.start(), seats, leaseDuration);
  }

  controllers(): readonly ControllerProcess[] {
    return this.#seats.map(({ controller }) => controller);
  }

  /** Resolves with who leads, once somebody other than `before` does. */
  untilLed(before?: Seat): Promise<Seat> {
    const sinceMs = before === undefined ? -Infinity : performance.now();
    return this.until('somebody who leads', () => {
      const [last] = this.#seats.toSorted((a, b) => b.renewedMs - a.renewedMs);
      return last !== before && last !== undefined && last.renewedMs > sinceMs ? last : undefined;
    });
  }

  /** Another controller in the place of one that was killed. */
  async restart(seat: Seat): Promise<void> {
    await seat.controller.gone();
    seat.controller = await start(seat.kubeconfig, this.leaseNamespace, this.#leaseDuration);
  }

  async startAfresh(name: string): Promise<void> {
    this.calm();
    await this.remove(name);
    await Promise.all(this.#seats.map((seat) => seat.controller.stop().then(() => this.restart(seat))));
  }

  #note(seat: Seat, call: Call): void {
    if (call.kind !== 'lease' || !call.isWrite || !isAccepted(call)) return;
    // A Lease that is given away is written, too.
    if (!/"holderIdentity":"[^"]/.test(call.body)) return;
    const others = this.#seats.filter((other) => other !== seat);
    if (others.every(({ renewedMs }) => renewedMs >= seat.renewedMs)) seat.leadsSinceMs = performance.now();
    seat.renewedMs = performance.now();
    this.runs.lookAgain();
  }
}

function start(
  kubeconfig: string,
  leaseNamespace: string,
  leaseDuration: string | undefined,
): Promise<ControllerProcess> {
  return ControllerProcess.start({
    kubeconfig,
    leaseNamespace,
    ...(leaseDuration === undefined ? {} : { leaseDuration }),
  });
}
