import { SluiceError, isSluiceError } from '../../api/errors.ts';
import { connectFault, indeterminate } from '../transport-fault.ts';

const longestAnswer = 200;

/** What an exchange with a mail server broke off with; `wasGiven`: the server has had the message. */
export function mailFault(thrown: unknown, host: string, wasGiven: boolean): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  const { responseCode, response, code, originalCode, command } = factsOf(thrown);
  if (responseCode !== undefined) {
    const answer = (response ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, longestAnswer);
    const about = command === undefined ? '' : ` ${command.split(' ')[0]}`;
    const message = `${host} refused${about}: ${answer === '' ? responseCode : answer}`;
    // 4yz: not now. Whatever was refused was not taken, the message included.
    const isPassing = responseCode >= 400 && responseCode < 500;
    return new SluiceError(isPassing ? 'transient' : 'terminal', 'MailRefused', message);
  }
  if (code === 'ENOAUTH' || code === 'EAUTH') {
    return new SluiceError(
      'terminal',
      'MailRefused',
      `${host} takes no password in a way that is known here`,
    );
  }
  if (wasGiven) {
    return indeterminate('ConnectionLost', `${host} was given the message and did not answer`);
  }
  return connectFault({ code: originalCode ?? code ?? 'closed' }, host);
}

interface Facts {
  readonly responseCode?: number;
  readonly response?: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly command?: string;
}

function factsOf(thrown: unknown): Facts {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}
