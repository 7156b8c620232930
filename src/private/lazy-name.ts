/**
 * An object's name that is known only at synth.
 *
 * cdk8s resolves whatever has `resolve()`. While the name is being made, its own object may be rendered for it, without a name.
 */
export class LazyName {
  private making = false;

  constructor(private readonly make: () => string) {}

  public resolve(): string {
    if (this.making) {
      return '';
    }
    this.making = true;
    try {
      return this.make();
    } finally {
      this.making = false;
    }
  }

  /** For cdk8s outputs that build file names from object names. */
  public toString(): string {
    return this.resolve();
  }

  /** As the props of cdk8s want it. */
  public asName(): string {
    return this as unknown as string;
  }
}
