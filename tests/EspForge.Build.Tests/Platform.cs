// Builds run on Linux, and so do their tests: file modes can be asked for without asking for the platform each time.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
