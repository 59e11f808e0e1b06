using System.Globalization;
using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>A build's own directory. Its name says which process made it, so that what a killed host left behind can be told from what is in use.</summary>
internal sealed class JobDirectory : IDisposable
{
    private const string Prefix = "job-";
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    private JobDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes a directory under <paramref name="root"/>, which is made too where needed.</summary>
    public static Outcome<JobDirectory> Create(string root)
    {
        try
        {
            if (MakePrivate(root) is { } fault)
                return fault;
            var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{HostProcess.Current.Id}-{HostProcess.Current.StartTicks}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
            var path = System.IO.Path.Combine(root, name);
            PrivateFiles.CreateDirectory(path);
            return new JobDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"The build directory could not be made under {root}: {e.Message}");
        }
    }

    /// <summary>Makes a directory only its owner may enter; refuses one that others may write to.</summary>
    public static Fault? MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
            return new Fault("toolchain-missing", "Builds need Linux; on Windows run in WSL.");
        try
        {
            PrivateFiles.CreateDirectory(directory);
            return !PrivateFiles.IsWritableByOthers(directory)
                ? null
                : new Fault("build-storage", $"{directory} may be written to by other users of this machine; take that away (chmod go-w) or configure another directory.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"{directory} could not be made: {e.Message}");
        }
    }

    /// <summary>Removes what processes that are gone left under <paramref name="root"/>, and anything older than a day. Returns how many.</summary>
    public static int Sweep(string root, TimeProvider time)
    {
        if (!Directory.Exists(root))
            return 0;
        var swept = 0;
        foreach (var path in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            var old = time.GetUtcNow().UtcDateTime - Directory.GetCreationTimeUtc(path) > Oldest;
            if ((old || !IsOwned(System.IO.Path.GetFileName(path))) && Remove(path))
                swept++;
        }

        return swept;
    }

    /// <param name="folder">A new directory in this one.</param>
    /// <param name="files">Files with checked paths.</param>
    /// <param name="isReadable">Whether other users may read them.</param>
    public void Write(string folder, IEnumerable<ProjectFile> files, bool isReadable = false)
    {
        var root = System.IO.Path.Combine(Path, folder);
        Action<string> createDirectory = isReadable ? PrivateFiles.CreateReadableDirectory : PrivateFiles.CreateDirectory;
        createDirectory(root);
        foreach (var file in files)
        {
            var path = System.IO.Path.Combine(root, file.Path);
            createDirectory(System.IO.Path.GetDirectoryName(path)!);
            if (isReadable)
                PrivateFiles.CreateReadable(path, file.Content.Span, isProgram: false);
            else
                PrivateFiles.Create(path, file.Content.Span);
        }
    }

    public void Dispose() => Remove(Path);

    /// <summary>A tool that was just killed may still be writing its last file, so that a first attempt can find a directory not empty.</summary>
    private static bool Remove(string path)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
                return true;
            }
            catch (DirectoryNotFoundException)
            {
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(20 * attempt);
            }
            catch (ArgumentException)
            {
                // A path in it is longer than any may be.
                break;
            }
        }

        return RemoveHostile(path);
    }

    // Directories deeper than a path can say, or closed even to their owner: find(1) opens them, rm(1) goes down step by step. Links are not followed by either.
    private static bool RemoveHostile(string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            foreach (var (program, arguments) in new (string, string[])[] { ("/usr/bin/find", [path, "-type", "d", "!", "-perm", "-0700", "-exec", "chmod", "u+rwx", "{}", ";"]), ("/bin/rm", ["-rf", "--", path]) })
                ToolProcess.RunAsync(program, arguments, "/", static (_, _) => { }, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // What is left is swept another time.
        }

        return !Directory.Exists(path);
    }

    private static bool IsOwned(string name)
    {
        var parts = name.Split('-');
        if (parts.Length != 4 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            return false;
        // The number alone is not enough: after a restart it may belong to another process.
        return HostProcess.StartOf(id) == start;
    }
}
