using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Build;

/// <summary>The firmware agent's sources as they travel inside this package: the agent, its port to Linux, the CMake file, the tools and the factory application.</summary>
public static class FirmwareSources
{
    private const int MaxAttempts = 10;
    private const string Prefix = "firmware/";

    private static readonly Lazy<SortedDictionary<string, byte[]>> Content = new(ReadResources);
    private static readonly Lazy<string> ContentHash = new(ComputeHash);

    /// <summary>Paths of the files, relative, in order.</summary>
    public static IReadOnlyCollection<string> Paths => Content.Value.Keys;

    /// <summary>SHA-256 over paths and contents, 64 lower-case hex digits: changes when any source changes.</summary>
    public static string Hash => ContentHash.Value;

    /// <summary>The content of a file.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public static ReadOnlyMemory<byte> Read(string path) => Content.Value[path];

    /// <summary>
    /// Unpacks the sources into <c>firmware-HASH</c> under <paramref name="directory"/> and gives that path. What is there already is checked and kept;
    /// a folder that was changed is replaced. The folder appears whole or not at all.
    /// </summary>
    public static Outcome<string> Extract(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (JobDirectory.MakePrivate(directory) is { } fault)
            return fault;
        var target = Path.Combine(directory, $"firmware-{Hash[..16]}");
        try
        {
            for (var attempt = 1; !IsIntact(target); attempt++)
            {
                if (attempt > MaxAttempts)
                    return new Fault("build-storage", $"The agent's sources do not stay as they were unpacked to {target}.");
                if (!JobDirectory.Create(directory).TryGet(out var staging, out var why))
                    return why;
                using (staging)
                {
                    // Readable by the user of every job; the directory around it is the host's alone.
                    staging.Write("firmware", Content.Value.Select(file => new ProjectFile(file.Key, file.Value)), isReadable: true);
                    try
                    {
                        // Looked at again: another builder may have put a good one there meanwhile, which must not be taken from under it.
                        if (Directory.Exists(target) && !IsIntact(target))
                            Directory.Move(target, Path.Combine(staging.Path, "replaced"));
                        if (!Directory.Exists(target))
                            Directory.Move(Path.Combine(staging.Path, "firmware"), target);
                    }
                    catch (IOException) when (attempt < MaxAttempts)
                    {
                        // Another one was quicker; what it left is looked at next.
                    }
                }
            }

            return target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"The agent's sources could not be unpacked to {target}: {e.Message}");
        }
    }

    private static bool IsIntact(string target)
    {
        try
        {
            if (!Directory.Exists(target) || !PrivateFiles.IsReadableByOthers(target))
                return false;
            var found = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Count();
            return found == Content.Value.Count && Content.Value.All(file => File.ReadAllBytes(Path.Combine(target, file.Key)).AsSpan().SequenceEqual(file.Value));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Taken away while it was looked at: it was not as it should be.
            return false;
        }
    }

    private static SortedDictionary<string, byte[]> ReadResources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add(name[Prefix.Length..].Replace('\\', '/'), bytes);
        }

        return files;
    }

    private static string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var (path, bytes) in Content.Value)
        {
            foreach (var part in new[] { Encoding.UTF8.GetBytes(path), bytes })
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                hash.AppendData(length);
                hash.AppendData(part);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
