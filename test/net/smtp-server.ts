import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { KeyPair } from '../../src/controller/webhook/certificate/issue-certificate.ts';
import { listen, type Running } from './loopback.ts';

export interface SmtpOptions {
  /** It offers STARTTLS, with this certificate. */
  readonly tls?: KeyPair;
  /** What a command that begins so is answered with, instead of being carried out. `.` is the end of the message; '' hangs up. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface SmtpServer extends Running {
  /** Commands in order; those inside TLS begin with `+`. */
  readonly commands: string[];
  readonly messages: string[];
}

/** A mail server on loopback that takes everything, unless it is told otherwise. */
export async function serveSmtp({ tls, answers = {} }: SmtpOptions = {}): Promise<SmtpServer> {
  const commands: string[] = [];
  const messages: string[] = [];
  const serve = (socket: Socket, isSecure: boolean): void => {
    let buffer = '';
    let isMessage = false;
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    const told = (command: string): boolean => {
      const start = Object.keys(answers).find((each) => command.startsWith(each));
      if (start === undefined) return false;
      const answer = answers[start] ?? '';
      if (answer === '') socket.destroy();
      else say(answer);
      return true;
    };
    const onMessage = (text: string): void => {
      isMessage = false;
      messages.push(text);
      if (!told('.')) say('250 taken');
    };
    const onCommand = (command: string): void => {
      commands.push(`${isSecure ? '+' : ''}${command}`);
      if (told(command)) return;
      if (command.startsWith('EHLO')) {
        const offers = isSecure ? ['AUTH PLAIN LOGIN'] : tls === undefined ? [] : ['STARTTLS'];
        say(['250-here', ...offers.map((each) => `250-${each}`), '250 8BITMIME'].join('\r\n'));
      } else if (command === 'STARTTLS' && tls !== undefined) {
        say('220 go on');
        socket.removeAllListeners('data');
        const secure = new TLSSocket(socket, { isServer: true, ...tls });
        secure.on('error', () => undefined);
        serve(secure, true);
      } else if (command === 'DATA') {
        isMessage = true;
        say('354 go on');
      } else if (command === 'QUIT') socket.end('221 bye\r\n');
      else if (command === 'STARTTLS') say('502 not here');
      else say(command.startsWith('AUTH') ? '235 welcome' : '250 ok');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString('utf8');
      for (;;) {
        const end = buffer.indexOf(isMessage ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + (isMessage ? 5 : 2));
        if (isMessage) onMessage(text);
        else onCommand(text);
      }
    });
  };
  const running = await listen(
    createServer((socket) => {
      serve(socket, false);
      socket.write('220 here\r\n');
    }),
  );
  return { ...running, commands, messages };
}
