import { v2 } from 'webdav-server';

/**
 * What webdav-server mounts. Our methods go to the workspace themselves, so nothing may be reached through here: every
 * question is answered with "not found", but for the type, which the frame asks of each request to fill an Allow header.
 */
export class ClosedFileSystem extends v2.FileSystem {
  constructor() {
    super({
      uid: () => 'peps',
      serialize: (_fileSystem, callback) => callback(v2.Errors.IllegalArguments),
      unserialize: (_data, callback) => callback(v2.Errors.IllegalArguments),
    });
  }

  // The public method too: asked of each request, it would look for privileges and locks first.
  override type(
    _context: v2.RequestContext,
    _path: v2.Path | string,
    callback: v2.ReturnCallback<v2.ResourceType>,
  ) {
    callback(undefined, v2.ResourceType.NoResource);
  }

  protected override _type(_path: v2.Path, _info: v2.TypeInfo, callback: v2.ReturnCallback<v2.ResourceType>) {
    callback(undefined, v2.ResourceType.NoResource);
  }

  protected override _lockManager(
    _path: v2.Path,
    _info: v2.LockManagerInfo,
    callback: v2.ReturnCallback<v2.ILockManager>,
  ) {
    callback(v2.Errors.ResourceNotFound);
  }

  protected override _propertyManager(
    _path: v2.Path,
    _info: v2.PropertyManagerInfo,
    callback: v2.ReturnCallback<v2.IPropertyManager>,
  ) {
    callback(v2.Errors.ResourceNotFound);
  }
}
