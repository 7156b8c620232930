/**
 * The two programs that replace variables in manifests on their way to a cluster, as they are: GNU `envsubst`, and Flux's `postBuild`
 * (`github.com/fluxcd/pkg/envsubst`, a fork of `drone/envsubst`).
 *
 * `test/cluster/substitution.test.ts` holds both against the real ones.
 */
export type Variables = { readonly [name: string]: string };

/** What GNU `envsubst` makes of a text: `$NAME` and `${NAME}` become their values, or nothing; all else stays. */
export function gnuEnvsubst(text: string, variables: Variables = {}): string {
  return text.replace(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (_, braced, bare) => variables[braced ?? bare] ?? '');
}

/**
 * What Flux's `postBuild` makes of a text: `${NAME}`, with the functions of a shell behind the name, and `$$` for a dollar.
 *
 * @throws Error with Flux's own words where it refuses the text, and with it the whole Kustomization
 */
export function fluxPostBuild(text: string, variables: Variables = {}): string {
  return new Template(text).run(variables);
}

type Value = string | Call;

/** `${name:-word}` is the name, the function `:-`, and its word. */
interface Call {
  readonly name: string;
  readonly does: string;
  readonly words: readonly Value[];
}

const LETTER = /[\p{L}\p{N}_]/u;

/** Flux's parser reads from left to right; what a function may be followed by differs from one to the next. */
class Template {
  private at = 0;

  constructor(private readonly text: string) {}

  public run(variables: Variables): string {
    let out = '';
    while (this.at < this.text.length) {
      if (this.skips('$$')) {
        out += '$';
      } else if (this.skips('${')) {
        out += valueOf(this.call(), variables);
      } else {
        out += this.text[this.at++];
      }
    }
    return out;
  }

  private call(): Call {
    if (this.peek() === '#') {
      this.at++;
      return this.closed({ name: this.name('bad substitution'), does: '#', words: [] }, 'bad substitution');
    }
    const name = this.name('unable to parse variable name');
    const next = this.peek();
    const pair = this.text.slice(this.at, this.at + 2);
    if (/^:[=?+-]$/.test(pair) || next === '=') {
      return this.withDefault(name);
    }
    switch (next) {
      case ':': return this.substring(name);
      case ',':
      case '^': return this.closed({ name, does: this.take(/^[,^]{1,2}/), words: [] }, 'bad substitution');
      case '/': return this.replacement(name);
      case '#':
      case '%': {
        const does = this.take(next === '#' ? /^#{1,2}/ : /^%{1,2}/);
        return this.closed({ name, does, words: [this.word('}')] }, 'bad substitution');
      }
      default: return this.closed({ name, does: '', words: [] }, 'missing closing brace');
    }
  }

  private withDefault(name: string): Call {
    const does = this.take(/^(:[=?+-]|=)/);
    const words: Value[] = [];
    while (this.peek() !== '}') {
      words.push(this.word('}'));
    }
    return this.closed({ name, does, words }, 'bad substitution');
  }

  private substring(name: string): Call {
    this.at++;
    if (!/[ -~\n]/.test(this.peek())) {
      // it goes back by the width of what follows, which is not a colon's
      throw new Error('bad substitution');
    }
    const from = this.word(':}');
    if (this.peek() === '}') {
      return this.closed({ name, does: ':', words: [from] }, 'bad substitution');
    }
    if (!this.skips(':')) {
      throw new Error('bad substitution');
    }
    // further colons belong to the first
    this.take(/^:*/);
    return this.closed({ name, does: ':', words: [from, this.word('}')] }, 'bad substitution');
  }

  private replacement(name: string): Call {
    const does = this.take(/^\/[/#%]?/);
    const pattern = this.word('/', true);
    if (!this.skips('/')) {
      throw new Error('bad substitution');
    }
    this.take(/^\/*/);
    const words = this.peek() === '}' ? [pattern] : [pattern, this.word('}', true)];
    return this.closed({ name, does, words }, 'bad substitution');
  }

  /** A function's word: another call, or text up to one of the characters that end it. */
  private word(ends: string, escapes = false): Value {
    if (this.skips('${')) {
      return this.call();
    }
    let word = '';
    for (;;) {
      const here = this.peek();
      if (escapes && (this.skips('$$') || this.skips('\\/') || this.skips('\\\\'))) {
        word += this.text[this.at - 1];
      } else if (here === '' || ends.includes(here) || this.text.startsWith('${', this.at)) {
        break;
      } else {
        word += here;
        this.at += here.length;
      }
    }
    if (word === '') {
      throw new Error('unable to parse substitution within function');
    }
    return word;
  }

  private name(refusal: string): string {
    let name = '';
    while (LETTER.test(this.peek())) {
      name += this.peek();
      this.at += this.peek().length;
    }
    if (name === '') {
      throw new Error(refusal);
    }
    return name;
  }

  private closed(call: Call, refusal: string): Call {
    if (!this.skips('}')) {
      throw new Error(refusal);
    }
    return call;
  }

  private take(what: RegExp): string {
    const [taken] = what.exec(this.text.slice(this.at)) ?? [''];
    this.at += taken.length;
    return taken;
  }

  private skips(what: string): boolean {
    const isHere = this.text.startsWith(what, this.at);
    this.at += isHere ? what.length : 0;
    return isHere;
  }

  /** The character here; empty at the end. */
  private peek(): string {
    return this.at < this.text.length ? String.fromCodePoint(this.text.codePointAt(this.at)!) : '';
  }
}

function valueOf(value: Value, variables: Variables): string {
  if (typeof value === 'string') {
    return value;
  }
  const words = value.words.map(word => valueOf(word, variables));
  const [first = '', second = ''] = words;
  const text = variables[value.name] ?? '';
  switch (value.does) {
    case '#': return words.length ? withoutStart(text, first) : String(text.length);
    case '##': return withoutStart(text, first);
    case '%':
    case '%%': return text.endsWith(literal(first)) ? text.slice(0, text.length - first.length) : text;
    case ',': return text.slice(0, 1).toLowerCase() + text.slice(1);
    case ',,': return text.toLowerCase();
    case '^': return text.slice(0, 1).toUpperCase() + text.slice(1);
    case '^^': return text.toUpperCase();
    case ':': return substring(text, words);
    case '/': return text.split(first).length > 1 ? text.replace(first, () => second) : text;
    case '//': return text.split(first).join(second);
    case '/#': return words.length === 2 && text.startsWith(first) ? second + text.slice(first.length) : text;
    case '/%': return words.length === 2 && text.endsWith(first) ? text.slice(0, text.length - first.length) + second : text;
    // Flux takes `:?`, `:+` and `=` for a default too
    default: return text || words.join('');
  }
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(literal(start)) ? text.slice(start.length) : text;
}

/** Patterns with wildcards are no matter here: none of our texts comes so far. */
function literal(pattern: string): string {
  if (/[*?[\\]/.test(pattern)) {
    throw new Error(`'${pattern}' is a pattern, which is not modelled`);
  }
  return pattern;
}

function substring(text: string, [from, length]: readonly string[]): string {
  const isWhole = (word: string) => /^[+-]?\d+$/.test(word);
  if (!isWhole(from)) {
    return text;
  }
  const start = Number(from) < 0 ? Math.max(0, text.length + Number(from)) : Number(from);
  if (length === undefined) {
    return text.slice(start);
  }
  return isWhole(length) ? text.slice(start, start + Number(length)) : text;
}
