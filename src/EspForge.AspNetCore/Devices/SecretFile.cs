using System.Security.Cryptography;

namespace EspForge.AspNetCore;

/// <summary>A file of random bytes that only the host's user may read, made at first start.</summary>
internal static class SecretFile
{
    public const int Length = 32;

    /// <summary>Reads the secret, or makes it. Another process that starts at the same moment gets the same one.</summary>
    public static byte[] ReadOrCreate(string path)
    {
        Folder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!File.Exists(path))
        {
            // Written whole beside its place first: a crash leaves no short secret.
            var temporary = $"{path}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(Length));
                file.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(temporary);
            }
        }

        var secret = File.ReadAllBytes(path);
        return secret.Length == Length
            ? secret
            : throw new InvalidOperationException($"{path} is to hold {Length} bytes and holds {secret.Length}. Restore it from a backup, or delete it: devices then fetch new tokens.");
    }

    /// <summary>Makes the folder, open to the host's user alone.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
