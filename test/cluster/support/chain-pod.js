'use strict';
// A service of a chain: it works on some requests at once, asks others, and refuses what it has no room for.
const http = require('node:http');
const net = require('node:net');

const { POD_IP, PORT, CALLEES = '', DATABASE = '' } = process.env;
const [servers, serviceMillis, places, queueLimit, callTimeoutMillis, pool] =
  ['SERVERS', 'SERVICE_MILLIS', 'PLACES', 'QUEUE_LIMIT', 'CALL_TIMEOUT_MILLIS', 'POOL'].map(name => Number(process.env[name] ?? 0));
const callees = CALLEES.split(',').filter(Boolean);
const agent = new http.Agent({ keepAlive: true });

const waiting = [];
const connections = [];
let [open, busy, inside, next] = [0, 0, 0, 0];
/** How long things really take on this machine: sums in milliseconds, and how many. */
const times = { work: [0, 0], query: [0, 0], call: [0, 0] };

function timed(kind) {
  const begins = performance.now();
  return () => {
    times[kind][0] += performance.now() - begins;
    times[kind][1]++;
  };
}

/** Connections to the database, which may close them at once; whoever has all of them is ready. */
function connect() {
  const [host, port] = DATABASE.split(':');
  const socket = net.connect(Number(port), host);
  socket.setNoDelay(true);
  let isOpen = false;
  socket.on('data', data => {
    if (!isOpen) {
      isOpen = true;
      open++;
      connections.push(socket);
      begin();
    } else if (data.length > 0) {
      socket.answered();
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (isOpen) {
      open--;
      connections.splice(connections.indexOf(socket), connections.includes(socket) ? 1 : 0);
    }
    setTimeout(connect, 500);
  });
}

function query(socket, done) {
  const ends = timed('query');
  socket.answered = () => {
    ends();
    connections.push(socket);
    done();
    begin();
  };
  socket.write('q');
}

function begin() {
  while (waiting.length > 0 && inside < places && (pool > 0 ? connections.length > 0 : busy < servers)) {
    const response = waiting.shift();
    inside++;
    if (pool > 0) {
      query(connections.shift(), () => work(response));
    } else {
      work(response);
    }
  }
}

function work(response) {
  busy++;
  const ends = timed('work');
  setTimeout(() => {
    ends();
    busy--;
    call(isOk => {
      inside--;
      response.writeHead(isOk ? 200 : 502).end();
      begin();
    });
    begin();
  }, serviceMillis);
}

function call(done) {
  if (callees.length === 0) {
    return done(true);
  }
  const ends = timed('call');
  const request = http.get(`http://${callees[next++ % callees.length]}/`, { agent, timeout: callTimeoutMillis }, answer => {
    answer.resume();
    answer.on('end', () => {
      ends();
      done(answer.statusCode === 200);
    });
  });
  request.on('timeout', () => request.destroy(new Error('too late')));
  request.on('error', () => done(false));
}

http.createServer((request, response) => {
  if (request.url === '/ready') {
    response.writeHead(open >= pool ? 200 : 503).end();
  } else if (request.url === '/times') {
    response.end(JSON.stringify(Object.fromEntries(Object.entries(times).map(([kind, [sum, count]]) => [kind, count > 0 ? sum / count : 0]))));
  } else if (waiting.length >= queueLimit) {
    response.writeHead(503).end();
  } else {
    waiting.push(response);
    begin();
  }
}).listen(Number(PORT), POD_IP);
for (let i = 0; i < pool; i++) {
  connect();
}
