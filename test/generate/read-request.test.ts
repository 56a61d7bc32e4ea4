import { describe, expect, test } from 'vitest';
import { readRequest } from '../../src/runner/generate/request/read-request.ts';

describe('what the words of a request say', () => {
  test.each([
    [
      'a web service from corp.example/cart:1.4 on port 8080',
      ['web-service'],
      { image: 'corp.example/cart:1.4', port: 8080 },
    ],
    [
      'Web app, image nginx, port 80, 3 replicas.',
      ['web-service'],
      { image: 'nginx', port: 80, replicas: 3 },
    ],
    ['a website at www.example.com', ['web-service'], { host: 'www.example.com' }],
    ['2 to 10 replicas of a web service', ['web-service'], { replicas: 2, maxReplicas: 10 }],
    ['a web service that scales to 8', ['web-service'], { maxReplicas: 8 }],
    ['a web service with service port 81 and port 8080', ['web-service'], { servicePort: 81, port: 8080 }],
    ['a worker called mailer in the namespace shop', ['worker'], { name: 'mailer', namespace: 'shop' }],
    ['a worker with 512 MB memory and 500m cpu', ['worker'], { memory: '512M', cpu: '500m' }],
    ['a worker with 1.5 GiB of RAM and 2 cores', ['worker'], { memory: '1.5Gi', cpu: '2' }],
    ['a statefulset with a 10gb volume', ['stateful-service'], { storage: '10G' }],
    ['a cron job every 15 minutes', ['cron-job'], { schedule: '*/15 * * * *' }],
    ['a cron job every day at 3:30am', ['cron-job'], { schedule: '30 3 * * *' }],
    ['a cron job every monday at 12pm', ['cron-job'], { schedule: '0 12 * * 1' }],
    ['a cron job at "5 4 * * sun"', ['cron-job'], { schedule: '5 4 * * sun' }],
    ['a job, daily', ['cron-job'], { schedule: '@daily' }],
    [
      'a job as user 2000 with the config map a-b and the secret c.d',
      ['job'],
      { user: 2000, config: 'a-b', secret: 'c.d' },
    ],
    ['a web service with health check /healthz', ['web-service'], { healthPath: '/healthz' }],
    ['a web-service', ['web-service'], {}],
    ['a namespace called team-a', ['namespace'], { name: 'team-a' }],
    ['a worker and a job', ['worker', 'job'], {}],
    ['a deployment', ['web-service', 'worker'], {}],
    ['something nice', [], {}],
  ])('%s', (text, procedures, variables) => {
    expect(readRequest(text)).toMatchObject({ procedures, variables });
    expect(Object.keys(readRequest(text).variables).toSorted()).toEqual(Object.keys(variables).toSorted());
  });

  test.each([
    ['a cron job every 7 minutes', ['every', '7', 'minutes']],
    ['a nightly job', []],
    ['a job at 25:00', ['25:00']],
    ['a web service with the image of our shop', ['image', 'shop']],
    ['a privileged web service with hostPath and GPUs', ['privileged', 'hostPath', 'GPUs']],
    ['nginx as a web service', ['nginx']],
    ['a web service for and/or', ['and/or']],
    ['a web service from https://corp.example/a', ['https://corp.example/a']],
  ])('makes up no value: %s', (text, unused) => {
    expect(readRequest(text)).toMatchObject({ variables: {}, unused });
  });

  test.each([
    ['delete the web service cart', { otherDeed: 'delete' }],
    ['a web service without ingress', { turned: 'without' }],
    ['a web service, not public', { turned: 'not' }],
    ['a web service on port 80 and port 81', { contradictory: ['port'] }],
  ])('is in doubt: %s', (text, doubt) => {
    expect(readRequest(text)).toMatchObject(doubt);
  });

  test('ends soon, whatever the text is', () => {
    const texts = [
      'a.'.repeat(1000),
      '- '.repeat(1000),
      'every '.repeat(330),
      '0 '.repeat(1000),
      ':/@'.repeat(600),
    ];
    for (const text of texts) expect(readRequest(text).procedures).toEqual([]);
  });
});
