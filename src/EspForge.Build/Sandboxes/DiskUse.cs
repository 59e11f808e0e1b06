using System.Runtime.InteropServices;

namespace EspForge.Build;

/// <summary>What a job has on disk.</summary>
/// <param name="Bytes">Sum of the files' lengths.</param>
/// <param name="Entries">Files, directories and links.</param>
/// <param name="IsTooDeep">Whether some of it is deeper than a path can say.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskUse(long Bytes, long Entries, bool IsTooDeep)
{
    private const int MaxDepth = 64;
    private const long EntryBytes = 4_096;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = default, IgnoreInaccessible = true, ReturnSpecialDirectories = false };

    public static DiskUse Of(SandboxView view)
    {
        var total = default(DiskUse);
        foreach (var directory in view.Mounts.Where(mount => mount.IsWritable).Select(mount => mount.HostDirectory).Prepend(view.JobDirectory))
            total = Add(total, directory, 0);
        return total;
    }

    private static DiskUse Add(DiskUse total, string directory, int depth)
    {
        if (depth > MaxDepth)
            return total with { IsTooDeep = true };
        try
        {
            foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", Everything))
            {
                total = total with { Entries = total.Entries + 1 };
                var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None;
                if (entry is DirectoryInfo && !isLink)
                    total = Add(total with { Bytes = total.Bytes + EntryBytes }, entry.FullName, depth + 1);
                else if (entry is FileInfo file && !isLink)
                    total = total with { Bytes = total.Bytes + file.Length };
            }
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException or UnauthorizedAccessException)
        {
            // It went away meanwhile.
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return total with { IsTooDeep = true };
        }

        return total;
    }
}
