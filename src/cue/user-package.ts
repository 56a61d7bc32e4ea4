/** A Package (`cue.oam.dev/v1alpha1`) as templates import it. */
export interface CuePackage {
  /** Its `metadata.name`: the `#provider` of its functions. */
  readonly name: string;
  /** What templates import. */
  readonly path: string;
  /** Its CUE files, sorted by name. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Absent: it has no functions of its own. */
  readonly provider?: PackageProvider;
  /** Why it cannot be used; whoever imports it is told. */
  readonly unusable?: string;
}

/** The server of a package's functions: each is called by a POST to `endpoint` with its `#do` as the last segment. */
export interface PackageProvider {
  /** An http or https address. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The certificate of the server is not checked. */
  readonly insecureSkipVerify: boolean;
}
