import type { LookupFunction } from 'node:net';
import { refuse, systemLookup } from '../../net/dial.ts';
import { checkAddress, checkHost, type EgressPolicy } from '../../net/egress.ts';
import { hostOf, portOf } from '../../net/host-port.ts';

/** Clusters are on private networks; where no cluster answers, such as a cloud's metadata service, nobody is called. */
const policy: EgressPolicy = { allowLoopback: true, allowPrivate: true };

/** Throws SluiceError `denied` for a URL whose host says by itself that it must not be called. */
export function checkEndpoint(url: string | undefined): void {
  if (url === undefined || !URL.canParse(url)) return;
  const host = hostOf(new URL(url));
  refuse(host, checkHost(host, portOf(new URL(url)), policy));
}

/** As Node's own lookup, without the addresses that must not be called; a SluiceError `denied` when none is left. */
export const lookupEndpoint: LookupFunction = (host, options, callback) => {
  void systemLookup(host).then(
    (found) => {
      const verdicts = found.map(({ address }) => checkAddress(address, host, 0, policy));
      const allowed = found.filter((_address, index) => verdicts[index]?.allowed === true);
      const [first] = allowed;
      if (first === undefined) {
        try {
          refuse(host, verdicts[0], found[0]?.address);
        } catch (error) {
          answer(error as Error, []);
        }
      } else if (options.all === true) answer(null, [...allowed]);
      else answer(null, first.address, first.family);
    },
    (error: unknown) => answer(error as Error, []),
  );
  // Outside of the promise: what the callback throws is not the lookup's failure.
  function answer(...words: Parameters<typeof callback>): void {
    queueMicrotask(() => callback(...words));
  }
};
