using System.Text;

namespace EspForge.Ota;

/// <summary>The signing key as a PKCS#8 PEM file that its owner alone may read (mode 0600 or 0400).</summary>
public static class SigningKeyFile
{
    private const int MaximumBytes = 16_384;
    private const UnixFileMode OthersMay = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// Reads the key, or makes one when the file is not there. Faults: <c>key-file-open</c> when group or others may read or write the file,
    /// <c>key-malformed</c> when it holds no P-256 key, <c>key-file-failed</c> when it cannot be read or written.
    /// </summary>
    public static Outcome<Es256SigningKey> LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Guarded(path, () => File.Exists(path) ? Read(path) : MakeOrRead(path));
    }

    /// <summary>Reads the key. Faults as <see cref="LoadOrCreate"/>, and <c>key-file-missing</c>.</summary>
    public static Outcome<Es256SigningKey> Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Guarded(path, () => File.Exists(path)
            ? Read(path)
            : new Fault("key-file-missing", $"There is no signing key at {path}. Make one with: espforge key create {path}"));
    }

    /// <summary>Makes a new key. Fault <c>key-file-exists</c> when the file is there already: a key is never overwritten.</summary>
    public static Outcome<Es256SigningKey> Create(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Guarded(path, () => Make(path) is { } made ? made : new Fault("key-file-exists", $"{path} is there already; a signing key is never overwritten."));
    }

    private static Outcome<Es256SigningKey> MakeOrRead(string path) => Make(path) is { } made ? made : Read(path);

    /// <summary>The new key, or <see langword="null"/> when another process was first.</summary>
    private static Es256SigningKey? Make(string path)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // Two hosts may start at once. Without the lock both would make a key and the later rename would orphan what the first one signed.
        var lockPath = path + ".lock";
        using var held = Lock(lockPath);
        if (Path.Exists(path)) return null;

        var key = Es256SigningKey.Create();
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = DurableFile.Create(temporary))
            {
                file.Write(Encoding.ASCII.GetBytes(key.ExportPem()));
                file.Flush(flushToDisk: true);
            }

            DurableFile.Publish(temporary, path, overwrite: false);
            DurableFile.DeleteQuietly(lockPath); // whoever waits for it finds the key
            return key;
        }
        catch
        {
            key.Dispose();
            DurableFile.DeleteQuietly(temporary);
            throw;
        }
    }

    internal static FileStream Lock(string lockPath)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (attempt < 250 && e.GetType() == typeof(IOException))
            {
                // Held by another process; a path that is no path is a derived exception and goes on.
                Thread.Sleep(20);
            }
        }
    }

    private static Outcome<Es256SigningKey> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (!OperatingSystem.IsWindows())
        {
            // Asked of the open file, not of the name, so that nothing can be exchanged in between.
            var mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & OthersMay) != UnixFileMode.None)
                return new Fault("key-file-open", $"Others may read or write the signing key {path} (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}). Run 'chmod 600 {path}', and make a new key if anyone could have copied it.");
        }

        if (file.Length > MaximumBytes) return new Fault("key-malformed", $"{path} is larger than {MaximumBytes} bytes: this is no key file.");
        using var reader = new StreamReader(file, Encoding.ASCII);
        var key = Es256SigningKey.Import(reader.ReadToEnd());
        return key.TryGet(out var value, out var fault) ? value : fault with { Message = $"{path}: {fault.Message}" };
    }

    private static Outcome<Es256SigningKey> Guarded(string path, Func<Outcome<Es256SigningKey>> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("key-file-failed", $"The signing key {path} could not be read or written: {e.Message}");
        }
    }
}
