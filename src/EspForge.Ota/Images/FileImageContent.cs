using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>
/// The bytes of images as read-only files, <c>ab/cd/abcd….bin</c> below a folder. A file appears whole, flushed and under its hash, or not at all; what a crash leaves behind is in
/// <c>incoming</c> and removed after a day.
/// </summary>
public sealed class FileImageContent : IImageContent
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private static readonly TimeSpan KeepIncoming = TimeSpan.FromDays(1);

    private readonly string _directory;
    private readonly string _incoming;
    private readonly TimeProvider _time;

    /// <summary>Keeps the files below <paramref name="directory"/>, which is made when it is not there.</summary>
    public FileImageContent(string directory, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        _directory = Path.GetFullPath(directory);
        _incoming = Path.Combine(_directory, "incoming");
        _time = time ?? TimeProvider.System;
        DurableFile.CreateDirectory(_incoming);
    }

    /// <inheritdoc/>
    /// <remarks>Faults: <c>image-too-large</c>, <c>image-empty</c>, <c>image-not-kept</c> when the disk is full or cannot be written.</remarks>
    public async Task<Outcome<string>> SaveAsync(Stream content, long maxBytes, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        SweepIncoming();
        var temporary = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            string sha256;
            await using (var file = DurableFile.Create(temporary, asynchronous: true))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[81_920];
                long size = 0;
                int read;
                while ((read = await content.ReadAsync(buffer, cancel)) > 0)
                {
                    size += read;
                    if (size > maxBytes) return new Fault("image-too-large", $"The image has more than {maxBytes} bytes.");
                    hash.AppendData(buffer.AsSpan(0, read));
                    if (await WriteAsync(file, buffer.AsMemory(0, read), cancel) is { } full) return full;
                }

                if (size == 0) return new Fault("image-empty", "The image has no bytes.");
                if (Flush(file) is { } failed) return failed;
                sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            }

            return Keep(temporary, sha256) is { } fault ? fault : sha256;
        }
        finally
        {
            DurableFile.DeleteQuietly(temporary);
        }
    }

    /// <inheritdoc/>
    public Stream? OpenRead(string sha256)
    {
        // The text becomes a path: nothing but a hash may.
        if (!ManifestImage.IsSha256(sha256)) return null;
        try
        {
            return new FileStream(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 65_536, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(string sha256) => Path.Combine(_directory, sha256[..2], sha256[2..4], sha256 + ".bin");

    private Fault? Keep(string temporary, string sha256)
    {
        var path = PathOf(sha256);
        try
        {
            if (File.Exists(path)) return null;
            DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, ReadOnly);

            // Two uploads of the same bytes may end at once; which of the equal files stays does not matter.
            DurableFile.Publish(temporary, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotKept(e);
        }
    }

    private static async Task<Fault?> WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await file.WriteAsync(bytes, cancel);
            return null;
        }
        catch (IOException e)
        {
            return NotKept(e);
        }
    }

    private static Fault? Flush(FileStream file)
    {
        try
        {
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (IOException e)
        {
            return NotKept(e);
        }
    }

    private static Fault NotKept(Exception e) => new("image-not-kept", $"The image could not be written to the disk: {e.Message}");

    private void SweepIncoming()
    {
        var before = _time.GetUtcNow() - KeepIncoming;
        foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles())
            if (file.LastWriteTimeUtc < before.UtcDateTime)
                DurableFile.DeleteQuietly(file.FullName);
    }
}
