import { ControllerProcess } from './controller-process.ts';
import { Place } from './place.ts';
import { Provider } from './provider.ts';
import { ApiProxy } from './proxy/api-proxy.ts';
import { RunBench } from './run-bench.ts';

/** One controller at a time behind one proxy. */
export class Bench extends RunBench {
  readonly proxy: ApiProxy;
  readonly #kubeconfig: string;
  /** The one that was started last. */
  controller: ControllerProcess | undefined;
  flags: readonly string[] = [];

  private constructor(place: Place, namespace: string, proxy: ApiProxy, provider: Provider) {
    super(place, namespace, [proxy], provider);
    this.proxy = proxy;
    this.#kubeconfig = place.kubeconfig(proxy.url);
  }

  static async open(): Promise<Bench> {
    const place = await Place.open();
    const namespace = await place.newNamespace();
    return new Bench(place, namespace, await ApiProxy.before(place.access), await Provider.start());
  }

  controllers(): readonly ControllerProcess[] {
    return this.controller === undefined ? [] : [this.controller];
  }

  async startController(): Promise<ControllerProcess> {
    const { leaseNamespace, flags } = this;
    this.controller = await ControllerProcess.start({ kubeconfig: this.#kubeconfig, leaseNamespace, flags });
    return this.controller;
  }

  /** Starts one unless one lives. */
  async ensureController(): Promise<void> {
    if (this.controller === undefined || this.controller.ended !== undefined) await this.startController();
  }

  /** Another controller in the place of one that was killed. Its Lease is free at once: nobody holds it any more. */
  async replaceKilled(atMs: number): Promise<void> {
    const dead = this.controller;
    await dead?.gone();
    await this.settled();
    await this.freeLease();
    this.kills.push({ sinceMs: dead?.startedMs ?? 0, atMs, nextStartMs: performance.now() });
    await this.startController();
  }

  /** After a case that went wrong: no controller, and nothing of that run. */
  async startAfresh(name: string): Promise<void> {
    await this.controller?.stop();
    this.calm();
    await this.remove(name);
    await this.freeLease();
  }
}
