import type { Finding } from '../finding.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Remedy } from './image-pull-reason.ts';
import type { Subject } from './subject.ts';
import { commandWord } from '../command-word.ts';
import { isAboutContainer, latestEvent } from '../events.ts';
import { parseImage } from '../image-reference.ts';
import { textAt } from '../json-fields.ts';
import { explainPull } from './image-pull-reason.ts';
import { eventEvidence, namespaceFlag, runtimeFinding } from './subject.ts';

const pullReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** The image of a container cannot be had. */
export function imagePull(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  if (!pullReasons.has(container.waiting.reason)) return undefined;
  const image = textAt(container.spec, 'image');
  // `Back-off pulling image` says nothing about the cause; the event of the last attempt does.
  const event =
    latestEvent(
      subject.state.events,
      pod.uid,
      ['Failed', 'InspectFailed', 'ErrImageNeverPull'],
      (each) => isAboutContainer(container.name)(each) && !each.message.startsWith('Error: '),
    ) ?? latestEvent(subject.state.events, pod.uid, ['Failed', 'BackOff'], isAboutContainer(container.name));
  const reference = parseImage(image);
  const said = `${event?.message ?? ''}\n${container.waiting.message}`;
  const { text, fix, remedy } = explainPull({
    reason: container.waiting.reason,
    // Words of the name (`denied`, `certificate`) are not the registry's.
    message: image === '' ? said : said.replaceAll(image, ''),
    image: reference,
    fieldPath: `${container.path}.image`,
  });
  const waiting = container.waiting.message === '' ? '' : `: ${subject.quote(container.waiting.message)}`;
  return runtimeFinding(
    subject,
    container.waiting.reason === 'InvalidImageName' ? 'ImageNameInvalid' : 'ImagePullFailed',
    'critical',
    {
      container: container.name,
      fieldPath: `${container.path}.image`,
      text: `Image "${subject.quote(image, 200)}" of container "${container.name}" cannot be pulled: ${text}`,
      fix,
      evidence: [
        {
          source: pod.label,
          text: `container "${container.name}" waits, ${container.waiting.reason}${waiting}`,
        },
        ...(event === undefined ? [] : [eventEvidence(subject, event)]),
      ],
      commands: commandsFor(subject, container, remedy, reference.kind === 'image' ? reference.host : ''),
    },
  );
}

function commandsFor(
  subject: Subject,
  container: ContainerView,
  remedy: Remedy,
  host: string,
): readonly string[] {
  const { ref } = subject;
  const flag = namespaceFlag(ref);
  const target = commandWord(`${ref.kind.toLowerCase()}/${ref.name}`);
  const server = host === 'docker.io' ? 'https://index.docker.io/v1/' : commandWord(host);
  const image = `kubectl${flag} set image ${target} ${commandWord(container.name)}=IMAGE`;
  const secret = `kubectl${flag} create secret docker-registry registry-login --docker-server=${server} --docker-username=USER --docker-password="$PASSWORD"`;
  return [
    ...(remedy === 'image' || remedy === 'either' ? [image] : []),
    ...(remedy === 'credentials' || remedy === 'either' ? [secret] : []),
  ];
}
