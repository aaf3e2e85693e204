/** Where checks report what the real server would swallow in silence. */
export interface Strictness {
  /**
   * Records a violation of the running call. In strict mode it also throws the error the caller is answered with;
   * otherwise the call goes on as on the real server.
   */
  strict(message: string): void;
}
