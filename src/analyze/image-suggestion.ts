import type { ImageReference } from './image-reference.ts';

/** Docker Official Images that people deploy; only for suggestions, so it need not be complete. */
const wellKnown: readonly string[] =
  'alpine amazoncorretto bash buildpack-deps busybox caddy cassandra chronograf clojure consul couchbase couchdb debian docker eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora flink fluentd gcc ghost golang gradle groovy haproxy haskell hello-world httpd influxdb jetty joomla jruby julia kapacitor kibana kong logstash mariadb matomo maven mediawiki memcached mongo mongo-express mysql nats nats-streaming neo4j nextcloud nginx node odoo openjdk percona perl php postgres python rabbitmq redis redmine registry rocket.chat ruby rust solr sonarqube storm swift telegraf tomcat traefik ubuntu unit varnish vault wordpress zookeeper'.split(
    ' ',
  );

/** The official image that was probably meant, with the tag that was asked for; undefined when none is near. */
export function suggestImage(image: ImageReference): string | undefined {
  if (image.host !== 'docker.io') return undefined;
  const name = image.repository.replace(/^library\//, '');
  if (name.includes('/') || name.length > 40) return undefined;
  // One slip in a short name, two in a longer one: more would make unrelated names near.
  const limit = name.length <= 6 ? 1 : 2;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const known of wellKnown) {
    if (known === name || Math.abs(known.length - name.length) > limit) continue;
    const distance = editDistance(name, known);
    if (distance <= limit && (best === undefined || distance < best.distance))
      best = { name: known, distance };
  }
  if (best === undefined) return undefined;
  return image.tag === '' ? best.name : `${best.name}:${image.tag}`;
}

/** Edits between two short words; two neighbouring letters swapped count as one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
