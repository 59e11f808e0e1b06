using System.Security.Cryptography;

namespace EspForge.Studio;

/// <summary>Everything Studio keeps, in one folder that only its own account can read.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;

    public DataDirectory(string path)
    {
        Root = Path.GetFullPath(path);
        Make(Root);
        _lock = TakeLock(Path.Combine(Root, "studio.lock"));
        KeysPath = Folder("keys");
    }

    public string Root { get; }

    public string DatabasePath => Path.Combine(Root, "studio.db");

    public string KeysPath { get; }

    /// <summary>A folder below the root, made if need be.</summary>
    public string Folder(params string[] names)
    {
        var path = Root;
        foreach (var name in names)
        {
            path = Path.Combine(path, name);
            Make(path);
        }

        return path;
    }

    /// <summary>Random bytes that stay the same from start to start, in a file of mode 0600.</summary>
    public byte[] ReadOrMakeSecret(string name, int bytes)
    {
        var path = Path.Combine(KeysPath, name);
        if (!File.Exists(path))
        {
            // Written aside and moved, so that a crash leaves no half a key.
            var draft = $"{path}.{Environment.ProcessId}";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerFile;
            using (var file = new FileStream(draft, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(bytes));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }

        var secret = File.ReadAllBytes(path);
        return secret.Length == bytes
            ? secret
            : throw new InvalidOperationException($"{path} holds {secret.Length} bytes instead of {bytes}. Restore it from a backup, or delete it: everyone then has to sign in again.");
    }

    public void Dispose() => _lock.Dispose();

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        if (File.GetUnixFileMode(path) != OwnerOnly)
            File.SetUnixFileMode(path, OwnerOnly);
    }

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem)
        {
            throw new InvalidOperationException(
                $"Another EspForge Studio uses {Path.GetDirectoryName(path)}. Stop it, or choose another folder with --Studio:DataDirectory.", problem);
        }
    }
}
