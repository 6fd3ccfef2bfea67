/** One built file: `style.css`, served as `style-0123456789.css`. */
export interface BuiltAsset {
  readonly name: string;
  readonly hashedName: string;
  readonly bytes: Buffer;
}

export function buildAssets(): Promise<BuiltAsset[]>;
