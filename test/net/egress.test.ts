import { describe, expect, test } from 'vitest';
import {
  checkAddress,
  checkHost,
  classifyAddress,
  type AddressClass,
  type EgressPolicy,
} from '../../src/net/egress.ts';

/** Every form of a host as a URL may write it, by what it must be taken for. */
const hosts: Readonly<Record<Exclude<AddressClass, 'malformed'>, readonly string[]>> = {
  public: [
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '134744072',
    '0x08080808',
    '010.010.010.010',
    '[2606:4700:4700::1111]',
    '[2001:4860:4860::8888]',
    '[::ffff:8.8.8.8]',
    '[::ffff:808:808]',
    '[64:ff9b::8.8.8.8]',
    '[2002:808:808::1]',
    '[2001:0:808:808::f7f7:f7f7]',
    '[2620:fe::5efe:808:808]',
  ],
  loopback: [
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0x7f.1',
    '0177.0.0.1',
    '0177.1',
    '017700000001',
    '0x7F.0x0.0x0.0x1',
    '127.0x0.0.01',
    '00000177.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::FFFF:7F00:0001]',
  ],
  private: [
    '10.0.0.0',
    '10.0.0.1',
    '10.255.255.255',
    '10.96.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '198.18.0.1',
    '198.19.255.255',
    '167772161',
    '0xa000001',
    '012.0.0.1',
    '10.1',
    '3232235521',
    '0xc0a80001',
    '192.168.1',
    '[::ffff:10.0.0.1]',
    '[::ffff:c0a8:1]',
    '[fc00::1]',
    '[fd00::1]',
    '[fdff:ffff::1]',
    '[fec0::1]',
  ],
  metadata: [
    '169.254.169.254',
    '169.254.169.254.',
    '2852039166',
    '0xa9fea9fe',
    '0xA9.0xFE.0xA9.0xFE',
    '0251.0376.0251.0376',
    '025177524776',
    '169.254.43518',
    '169.16689662',
    '0xa9.254.0251.254',
    '169.254.169.253',
    '169.254.169.123',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.42.42',
    '169.254.0.23',
    '100.100.100.200',
    '1684301000',
    '0x646464c8',
    '168.63.129.16',
    '192.0.0.192',
    '１６９.254.169.254',
    '169。254。169。254',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:FFFF:A9FE:A9FE]',
    '[::ffff:100.100.100.200]',
    '[fd00:ec2::254]',
    '[fd00:0ec2:0::0254]',
    '[fd00:ec2::23]',
    '[fd20:ce::254]',
    'metadata.google.internal',
    'METADATA.google.internal',
    'metadata.google.internal.',
    'metadata',
    'metadata.goog',
    'instance-data',
    'instance-data.ec2.internal',
  ],
  'link-local': [
    '169.254.0.1',
    '169.254.1.1',
    '169.254.255.255',
    '0xa9fe0101',
    '2851995905',
    '[::ffff:169.254.1.1]',
    '[fe80::1]',
    '[fe80::a9fe:a9fe]',
    '[febf:ffff::1]',
    '[FE80::1]',
  ],
  unspecified: [
    '0.0.0.0',
    '0',
    '0x0',
    '00',
    '0.0',
    '0.0.0.1',
    '0.255.255.255',
    '[::]',
    '[0:0:0:0:0:0:0:0]',
    '[::ffff:0.0.0.0]',
    '[::ffff:0:0]',
  ],
  multicast: [
    '224.0.0.1',
    '239.255.255.255',
    '3758096385',
    '[::ffff:224.0.0.1]',
    '[ff02::1]',
    '[ff0e::1]',
    '[ff00::]',
  ],
  broadcast: [
    '255.255.255.255',
    '4294967295',
    '0xffffffff',
    '0377.0377.0377.0377',
    '[::ffff:255.255.255.255]',
  ],
  reserved: [
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '255.255.255.254',
    '[2001:db8::1]',
    '[100::1]',
    '[3fff::1]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[2001:2::1]',
  ],
  embedded: [
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::169.254.169.254]',
    '[::a9fe:a9fe]',
    '[::10.0.0.1]',
    '[::2]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b::100.100.100.200]',
    '[2002:a9fe:a9fe::1]',
    '[2002:7f00:1::]',
    '[2002:a00:1::]',
    '[2002:c0a8:101::1]',
    '[::ffff:0:169.254.169.254]',
    '[::ffff:0:7f00:1]',
    '[2001:0:a9fe:a9fe::f7f7:f7f7]',
    '[2001:0:808:808::5601:5601]',
    '[2620:fe::5efe:a9fe:a9fe]',
    '[2620:fe::200:5efe:7f00:1]',
  ],
};

const rows = Object.entries(hosts).flatMap(([expected, forms]) =>
  forms.map((host) => ({ host, expected: expected as AddressClass })),
);
const everything: EgressPolicy = { allowLoopback: true, allowPrivate: true };

test('the table has at least 150 forms', () => {
  expect(rows.length).toBeGreaterThanOrEqual(150);
});

describe('by default', () => {
  test.each(rows)('$host is $expected', ({ host, expected }) => {
    const verdict = checkHost(host, 80, {});
    if (expected === 'public') expect(verdict).toEqual({ allowed: true });
    else expect(verdict).toMatchObject({ allowed: false, addressClass: expected });
  });
});

describe('with everything allowed that can be', () => {
  test.each(rows)('$host', ({ host, expected }) => {
    const isAllowed = ['public', 'loopback', 'private'].includes(expected);
    for (const policy of [everything, { ...everything, allowHosts: [host] }, { allowHosts: [host] }]) {
      expect(checkHost(host, 80, policy)?.allowed).toBe(isAllowed);
    }
  });
});

describe('the URL parser agrees', () => {
  // What reaches the check is the host as the URL parser spells it: no form may become another thing on the way.
  test.each(rows)('$host', ({ host, expected }) => {
    expect(URL.canParse(`http://${host}/`)).toBe(true);
    const verdict = checkHost(new URL(`http://${host}/`).hostname, 80, {});
    expect(verdict?.allowed).toBe(expected === 'public');
  });
});

test.each(['example.com', 'localhost', 'a.localhost', '1.2.3.4.example.com', 'metadata.example.com'])(
  'what %s is, only its resolution tells',
  (name) => expect(checkHost(name, 80, {})).toBeUndefined(),
);

test.each([
  '',
  'x',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  'fe80::1%eth0',
  '::1%lo',
  '12345::',
  '1::2::3',
  '::ffff:1.2.3',
])('"%s" as a resolved address is malformed and refused', (address) => {
  expect(classifyAddress(address)).toBe('malformed');
  expect(
    checkAddress(address, 'name.example', 80, { ...everything, allowHosts: ['name.example'] }).allowed,
  ).toBe(false);
});

test.each([
  [{ allowHosts: ['[::1]:8080'] }, '::1', 8080, true],
  [{ allowHosts: ['[::1]:8080'] }, '::1', 8081, false],
  [{ allowHosts: ['[::1]'] }, '[::1]', 1, true],
  [{ allowHosts: ['::1'] }, '[::1]', 1, true],
  [{ allowHosts: ['127.0.0.1:4010'] }, '127.0.0.1', 4010, true],
  [{ allowHosts: ['127.0.0.1:4010'] }, '127.0.0.1', 80, false],
  [{ allowHosts: ['127.0.0.1'] }, '127.0.0.2', 80, false],
  [{ allowHosts: ['localhost'] }, '127.0.0.1', 80, false],
] as const)('%j for %s on %i: %s', (policy, host, port, isAllowed) => {
  expect(checkHost(host, port, policy)?.allowed).toBe(isAllowed);
});
