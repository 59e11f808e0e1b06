using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EspForge.Build;

/// <summary>Reads what a build wrote. The build chose every name there: no link is followed, and only plain files of bounded size are read.</summary>
internal static class JobFiles
{
    /// <summary>Whether there is a plain file.</summary>
    public static bool Exists(string directory, string path)
    {
        using var handle = Open(directory, path);
        return handle is not null && SystemCalls.Facts(handle) is { IsRegular: true };
    }

    /// <summary>The content of a file, or the fault <c>image-malformed</c>, which names the file.</summary>
    /// <param name="directory">The job's directory, absolute.</param>
    /// <param name="path">Path in it, with <c>/</c> between segments and without <c>.</c> and <c>..</c>.</param>
    /// <param name="maxBytes">Largest size, in bytes.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public static async Task<Outcome<byte[]>> ReadAsync(string directory, string path, long maxBytes, CancellationToken cancellationToken)
    {
        using var handle = Open(directory, path);
        if (handle is null)
            return new Fault("image-malformed", $"The toolchain wrote no {Path.GetFileName(path)}.");
        if (SystemCalls.Facts(handle) is not { IsRegular: true } facts)
            return new Fault("image-malformed", $"What the toolchain wrote as {Path.GetFileName(path)} is no plain file.");
        if (facts.SizeBytes > maxBytes)
            return new Fault("image-malformed", string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} has {facts.SizeBytes:N0} bytes; at most {maxBytes:N0} are accepted."));
        var content = new byte[facts.SizeBytes];
        var read = 0;
        while (read < content.Length)
        {
            var got = await RandomAccess.ReadAsync(handle, content.AsMemory(read), read, cancellationToken);
            if (got == 0)
                return new Fault("image-malformed", $"{Path.GetFileName(path)} became shorter while it was read.");
            read += got;
        }

        return content;
    }

    private static SafeFileHandle? Open(string directory, string path)
    {
        var segments = path.Split('/');
        if (Array.Exists(segments, segment => segment is "" or "." or ".."))
            throw new ArgumentException("A path in a job has plain segments.", nameof(path));
        var parent = SystemCalls.OpenDirectory(SystemCalls.CurrentDirectory, directory);
        foreach (var segment in segments.AsSpan(0, segments.Length - 1))
        {
            if (parent is null)
                return null;
            using var outer = parent;
            parent = SystemCalls.OpenDirectory((int)outer.DangerousGetHandle(), segment);
        }

        using (parent)
            return parent is null ? null : SystemCalls.OpenFile((int)parent.DangerousGetHandle(), segments[^1]);
    }
}
