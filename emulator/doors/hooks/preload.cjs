'use strict';
// Loaded by every Node process whose NODE_OPTIONS require it; leads its sockets to the emulator's gate.
// http, https, tls, http2, undici and every agent connect through net.Socket.prototype.connect, so it alone is patched.
// The server name of a TLS socket keeps the real host: by it the gate knows whose certificate to show.

const net = require('node:net');

const GATE_HOST = '127.0.0.1';
const GATE_PORT = Number(process.env.ACTOR_EMULATOR_GATE_PORT);
const PATTERNS = (process.env.ACTOR_EMULATOR_HOSTS || '').split(',').filter(Boolean);
const SERVED_PORTS = new Set([80, 443]);

const connect = net.Socket.prototype.connect;

function isLocal(host) {
  return /^(localhost|.*\.localhost|127\..*|::1|::|0\.0\.0\.0|::ffff:127\..*)$/.test(host);
}

function isKnown(host) {
  return PATTERNS.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}

// The options object among the three forms of arguments: what net.connect prepares ([options, callback], marked by a
// symbol of Node's own), an options object, or (port, host, callback). A path leads to a local socket: null.
function optionsOf(args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (first !== null && typeof first === 'object') return first.path ? null : first;
  if (Number.isNaN(Number(first))) return null;
  return { port: first, host: typeof args[1] === 'string' ? args[1] : 'localhost' };
}

function withOptions(args, options) {
  if (Array.isArray(args[0])) {
    args[0][0] = options; // the same array, for the mark it carries
    return args;
  }
  return [options, ...args.slice(1).filter((argument) => typeof argument === 'function')];
}

// Ask the gate for a tunnel it will refuse, so that its journal names the host and who asked.
function report(host, port) {
  const program = (process.argv[1] || 'node').replace(/\\/g, '/').split('/').pop();
  const place = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const head = `CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\nUser-Agent: ${program}\r\n\r\n`;
  const socket = connect.call(new net.Socket(), { host: GATE_HOST, port: GATE_PORT });
  socket.on('error', () => {}); // the caller hears of the refusal itself
  socket.resume();
  socket.end(head);
}

function refuse(socket, host, port) {
  const reason = isKnown(host) ? 'is emulated on ports 80 and 443 only' : 'is not emulated (offline)';
  const error = new Error(`${host}:${port} ${reason}`);
  Object.assign(error, { code: 'ENOTFOUND', errno: -3008, syscall: 'connect', hostname: host });
  report(host, port);
  process.nextTick(() => socket.destroy(error));
  return socket;
}

function redirectedConnect(...args) {
  const options = optionsOf(args);
  const host = String(options?.host || 'localhost').toLowerCase().replace(/\.$/, '');
  const port = Number(options?.port);
  if (options === null || isLocal(host) || Number.isNaN(port)) return connect.apply(this, args);
  if (!isKnown(host) || !SERVED_PORTS.has(port)) return refuse(this, host, port);
  // A TLS client may leave the server name out; the real hosts have a default certificate, the gate has not.
  if (typeof this.setServername === 'function' && !options.servername) this.setServername(host);
  const redirected = { ...options, host: GATE_HOST, port: GATE_PORT, lookup: undefined };
  return connect.apply(this, withOptions(args, redirected));
}

if (GATE_PORT > 0) net.Socket.prototype.connect = redirectedConnect;
if (process.env.ACTOR_EMULATOR_CLOCK) require('./virtual_time.cjs');
