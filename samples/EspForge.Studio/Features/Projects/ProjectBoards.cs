using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>What projects say to those who ask about boards and devices.</summary>
internal sealed class ProjectBoards(StudioDbContext db, OrganizationBoards boards) : IBoardUses, IDevicePlans
{
    // Of one product there are as many projects as it has kinds of hardware.
    private const int MaxPlans = 200;

    public async Task<IReadOnlyList<string>> UsesAsync(string organization, string boardId, int limit, CancellationToken cancel = default) =>
        await db.Projects.Where(project => project.Organization == organization && project.Board == boardId)
            .OrderBy(project => project.Name).Select(project => project.Name).Take(limit).ToListAsync(cancel);

    public async Task<IReadOnlyList<DevicePlan>> ForAsync(string organization, IReadOnlyCollection<string> products, CancellationToken cancel = default)
    {
        var rows = await db.Projects.AsNoTracking().Where(project => project.Organization == organization && products.Contains(project.Product))
            .OrderByDescending(project => project.CreatedAt).Take(MaxPlans).Select(project => new { project.Product, project.Name, project.Plan }).ToListAsync(cancel);
        if (rows.Count == 0)
            return [];
        var catalog = await boards.ForAsync(organization, cancel);
        var plans = new List<DevicePlan>(rows.Count);
        foreach (var row in rows)
        {
            if (ProjectPlan.Parse(row.Plan, catalog).TryGet(out var plan, out _))
                plans.Add(new DevicePlan(row.Product, row.Name, plan, catalog));
        }

        return plans;
    }
}
