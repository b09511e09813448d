/** Ways out that are not HTTP over TCP, or that the browser itself takes. */
import { byScript, type Way } from './way.ts';

/** Gathers the addresses that a call would be taken at, by asking the server for its view. */
const gather = (server: string): string => `
  const call = new RTCPeerConnection({ iceServers: [{ urls: '${server}', username: 'u', credential: 'c' }] });
  call.createDataChannel('x');
  call.onicegatheringstatechange = () => call.iceGatheringState === 'complete' && over();
  call.createOffer().then((offer) => call.setLocalDescription(offer));`;

export const waysPastHttp: readonly Way[] = [
  byScript('WebRTC by STUN', ({ host }) => gather(`stun:${host}`), { arrives: 'datagram', control: 'unguarded' }),
  byScript('WebRTC by TURN', ({ host }) => gather(`turn:${host}?transport=udp`), {
    arrives: 'datagram',
    control: 'unguarded',
  }),
  byScript('WebRTC by TURN over TCP', ({ host }) => gather(`turn:${host}?transport=tcp`), {
    arrives: 'connection',
    control: 'unguarded',
  }),
  byScript('WebTransport', ({ secureUrl }) => `new WebTransport('${secureUrl}').ready.catch(() => 0).then(over)`, {
    arrives: 'datagram',
    control: 'unguarded',
  }),
  byScript(
    'payment handler',
    ({ secureUrl }) => `
      const total = { label: 'x', amount: { currency: 'EUR', value: '1' } };
      new PaymentRequest([{ supportedMethods: '${secureUrl}' }], { total }).canMakePayment().catch(() => 0).then(over)`,
    { arrives: 'connection', control: 'unguarded' },
  ),
  byScript(
    'sign-in by the browser',
    ({ secureUrl }) => `
      navigator.credentials.get({ identity: { providers: [{ configURL: '${secureUrl}', clientId: 'x' }] } })
        .catch(() => 0).then(over);
      setTimeout(over, 1000)`,
    { arrives: 'connection', control: 'unguarded' },
  ),
];
