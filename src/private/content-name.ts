import { ApiObject } from 'cdk8s';

/**
 * A name that is made of all that its object renders, final only at synth.
 *
 * cdk8s resolves whatever has `resolve()`, here to a name for the time being; the object is rendered once, and its name put in afterwards.
 */
export class ContentName {
  private object?: ApiObject;
  private rendering = false;

  /**
   * @param provisional what the object is called while it is rendered
   * @param nameOf the name of an object that renders this
   */
  constructor(private readonly provisional: string, private readonly nameOf: (rendered: object) => string) {}

  /** The object that has this name. */
  public give(object: ApiObject): void {
    this.object = object;
    const render = object.toJson.bind(object);
    object.toJson = () => {
      const rendered = this.whileRendering(render);
      // who patched the name chose another
      if (rendered.metadata.name === this.provisional) {
        rendered.metadata.name = this.nameOf(rendered);
      }
      return rendered;
    };
  }

  public resolve(): string {
    return this.rendering || !this.object ? this.provisional : this.object.toJson().metadata.name;
  }

  /** For cdk8s outputs that build file names from object names. */
  public toString(): string {
    return this.resolve();
  }

  /** As the props of cdk8s want it. */
  public asName(): string {
    return this as unknown as string;
  }

  private whileRendering(render: () => any): any {
    this.rendering = true;
    try {
      return render();
    } finally {
      this.rendering = false;
    }
  }
}
